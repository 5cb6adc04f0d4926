export const name = () => "helper";
