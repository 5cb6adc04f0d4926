// An archive needs a file of its own where no target gives objects.
namespace polyglot {}
