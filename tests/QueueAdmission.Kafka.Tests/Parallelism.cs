using Xunit.Sdk;
using Xunit.v3;

// Each test has a separate cluster, and mostly waits: for rebalances, and for clients to close.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
