using Xunit.Sdk;
using Xunit.v3;

// Each test has a cluster of its own, and waits most of the time: for rebalances, and for clients that end.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
