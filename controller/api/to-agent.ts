/** From what the controller knows to what the stream to an agent carries. */
import { create } from "@bufbuild/protobuf";
import type { EnvironmentUse, NativeModuleUse } from "@polyglot/contracts";
import {
  type NativeModule,
  NativeModuleSchema,
  type RuntimeEnvironment,
  RuntimeEnvironmentSchema,
} from "@polyglot/contracts/service";

export function toNativeModule({ functions, version = "", ...module }: NativeModuleUse): NativeModule {
  return create(NativeModuleSchema, {
    ...module,
    version,
    functions: [...functions].map(([name, signature]) => ({
      name,
      signature: Buffer.from(signature === undefined ? "" : JSON.stringify(signature), "utf8"),
    })),
  });
}

export function toRuntimeEnvironment({
  functions,
  version = "",
  path = "",
  ...environment
}: EnvironmentUse): RuntimeEnvironment {
  return create(RuntimeEnvironmentSchema, {
    ...environment,
    version,
    path,
    functions: [...functions.values()].map(({ key, module, name }) => ({ key, module, name })),
  });
}
