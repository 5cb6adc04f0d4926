/**
 * The executioner: runs plans on a host. It dials out to controllers, owns its capacity, and knows no database, no queue
 * and no `.pg` text. The program is `main/agent.ts`; nothing of it is a library.
 *
 *     controller ──requests──> link ──> main ──> execute ──> runtimes ──> pool ──> a worker process of the user's code
 *                                                       └──> library ──> a process of ours for what lines do to the host
 *                <──results, logs, metrics, occurrences── link <── main <── execute, watch, observe
 *
 * An attempt here:  taken ──plan──> running ──> reported ──settled──> forgotten
 *                              └── lease over ──> lost (killed, and nobody is told how it ended)
 */
export {};
