/** A pipeline as people write them: inputs, a default, settings, steps that read each other, outputs. */
export const createPipelineText = (name: string): string => `
\\\\ What arrives is made large and counted.
[|] ${name}
[i] text: pg\\string
[i] Default times: pg\\int << 3
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 5
[r] @Text|upper << text << times: times >> large: py\\str
[r] @Text|count << large >> size: py\\int
[r] summary: pg\\string << "{text} has {size}"
[o] >> large
[o] >> size
[o] >> summary
[x]
`;
