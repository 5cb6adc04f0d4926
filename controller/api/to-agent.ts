/** From what the controller knows to what the stream to an agent carries. */
import { create } from "@bufbuild/protobuf";
import type { EnvironmentUse, NativeModuleUse } from "@polyglot/contracts";
import {
  type HostCheck,
  HostCheckSchema,
  type NativeModule,
  NativeModuleSchema,
  type RuntimeEnvironment,
  RuntimeEnvironmentSchema,
} from "@polyglot/contracts/service";
import type { Condition } from "../triggers/conditions/condition.ts";

export function toHostCheck({ key, trigger, runtimes }: Condition): HostCheck {
  const given = Buffer.from(JSON.stringify(trigger.arguments), "utf8");
  return create(HostCheckSchema, { key, name: trigger.name, arguments: given, runtimes: { ...runtimes } });
}

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
