/**
 * What one execution waits for: each waiting one is held up by exactly one of these, the first that is true in this order.
 * The same texts are in `Wait.condition` of the API.
 */
export const waitConditions = {
  approval: "a person has to approve a step",
  retry: "its next attempt may not start yet",
  paused: "people or its declaration paused the queue",
  "queue-places": "the queue runs as many at once as it may",
  throttle: "the least time between two starts of the queue is not over",
  rate: "the queue's starts of this period are used",
  "pipeline-places": "the pipeline runs as often at once as it may",
  "key-places": "what has the same concurrency key runs as often at once as it may",
  "pipeline-rate": "the rate or the throttle of the pipeline's own lines",
  "key-rate": "the starts of this period of what has the same rate key are used",
  "no-agent": "no agent is connected",
  routing: "no connected agent may have it: labels, runtimes, containment, host, cordons",
  resources: "agents that may have it have too little free: memory, CPU, disk, GPU",
  "agent-places": "all places of the agents that may have it are taken",
  order: "others are before it",
  none: "nothing: it is about to start",
} as const;

export type WaitCondition = keyof typeof waitConditions;
