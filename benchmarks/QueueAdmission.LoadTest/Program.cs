using QueueAdmission.LoadTest;
using QueueAdmission.LoadTest.Client;
using QueueAdmission.LoadTest.Server;

// [all | hello | rejections | overload | patience | spike | unequal | parked | dashboards | viewers] [--quick]
//     [--name NAME]
//     runs the scenarios and writes the results to benchmarks/results/NAME.md and .svg
// server PEER WORKERS PARTITIONS CAPACITY
//     runs the server process; started by the command above
// join PORT PATH COUNT MILLISECONDS
//     runs the process of the dashboard's viewers; started by the first command
if (args is ["server", ..])
    await MeasuredServer.RunAsync(args[1..]);
else if (args is ["join", ..])
    await ViewerProcess.JoinAsync(args[1..]);
else
    await LoadTestCommand.RunAsync(args);
