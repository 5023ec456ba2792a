using QueueAdmission.LoadTest;
using QueueAdmission.LoadTest.Server;

// [all | hello | rejections | overload | spike | unequal | parked | dashboards] [--quick] [--name NAME]
//     measures; results go to benchmarks/results/NAME.md and .svg
// server PEER WORKERS PARTITIONS CAPACITY
//     the server process, started by the other commands
if (args is ["server", ..])
    await MeasuredServer.RunAsync(args[1..]);
else
    await LoadTestCommand.RunAsync(args);
