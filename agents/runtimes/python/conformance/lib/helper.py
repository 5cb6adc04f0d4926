def name():
    return "helper"
