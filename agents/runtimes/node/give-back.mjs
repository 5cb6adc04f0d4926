/**
 * The second thread of a Node worker: gives calls back to the agent that stand in line and have not begun, also while
 * user code keeps the main thread from its event loop. Started when the agent first wants calls to stand in line.
 */
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { claim, givenBack } from "./claims.mjs";
import { frame, readFrames } from "./frames.mjs";

const recalls = new Socket({ fd: workerData.descriptor, readable: true, writable: true });
recalls.on("error", () => undefined);
readFrames(recalls, (requestId, text) => {
  const given = JSON.parse(text).filter((id) => claim(workerData.claims, id, givenBack));
  recalls.write(frame("r", requestId, JSON.stringify(given)));
});
recalls.write(frame("k", 0));
