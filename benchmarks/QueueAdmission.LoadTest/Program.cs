using QueueAdmission.LoadTest;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Server;

// [all | hello | rejections | overload | spike | unequal | parked | dashboards | viewers] [--quick] [--name NAME]
//     measures; results go to benchmarks/results/NAME.md and .svg
// server PEER WORKERS PARTITIONS CAPACITY
//     the server process, started by the other commands
// join PORT PATH COUNT MILLISECONDS
//     the process of viewers of the dashboard
if (args is ["server", ..])
    await MeasuredServer.RunAsync(args[1..]);
else if (args is ["join", ..])
    await ViewerProcess.JoinAsync(args[1..]);
else
    await LoadTestCommand.RunAsync(args);
