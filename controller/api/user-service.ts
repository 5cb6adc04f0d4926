/** What people and programs ask of a controller: each group of methods stands in its own file. */
import type { ServiceImpl } from "@connectrpc/connect";
import type { PolyglotService } from "@polyglot/contracts/service";
import { alertMethods } from "./alert-methods.ts";
import { type ApprovalParts, approvalMethods } from "./approvals.ts";
import { type ApplyParts, applyMethods } from "./apply.ts";
import { userArtifactMethods } from "./artifacts.ts";
import { type ChangePlanParts, changePlanMethods } from "./change-plans.ts";
import { type CordonParts, cordonMethods } from "./cordons.ts";
import { type DeadLetterParts, deadLetterMethods } from "./dead-letters.ts";
import { type ExecutionParts, executionMethods } from "./executions.ts";
import { type ListingParts, listingMethods } from "./listings.ts";
import { type LogParts, logMethods } from "./logs.ts";
import { overviewMethods } from "./overview.ts";
import { queueMethods, type QueueParts } from "./queue-methods.ts";
import { type ReplayParts, replayMethods } from "./replays.ts";
import { scheduleMethods, type ScheduleParts } from "./schedules.ts";
import { type RepositoryParts, repositoryMethods } from "./repositories.ts";
import { type SecretParts, userSecretMethods } from "./secrets.ts";
import { type TokenParts, tokenMethods } from "./tokens.ts";
import { type UserTokenParts, userTokenMethods } from "./user-tokens.ts";

export type UserServiceParts = ApplyParts &
  ApprovalParts &
  CordonParts &
  ChangePlanParts &
  DeadLetterParts &
  ExecutionParts &
  ListingParts &
  LogParts &
  QueueParts &
  ReplayParts &
  ScheduleParts &
  RepositoryParts &
  SecretParts &
  TokenParts &
  UserTokenParts;

export function createUserService(parts: UserServiceParts): ServiceImpl<typeof PolyglotService> {
  return {
    ...executionMethods(parts),
    ...approvalMethods(parts),
    ...cordonMethods(parts),
    ...queueMethods(parts),
    ...replayMethods(parts),
    ...deadLetterMethods(parts),
    ...listingMethods(parts),
    ...alertMethods(parts),
    ...logMethods(parts),
    ...userArtifactMethods(parts),
    ...applyMethods(parts),
    ...changePlanMethods(parts),
    ...repositoryMethods(parts),
    ...overviewMethods(parts),
    ...scheduleMethods(parts),
    ...userSecretMethods(parts),
    ...tokenMethods(parts),
    ...userTokenMethods(parts),
  };
}
