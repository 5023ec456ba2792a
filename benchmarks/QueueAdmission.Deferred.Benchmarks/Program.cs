using QueueAdmission.Deferred.Benchmarks;
using QueueAdmission.Deferred.Benchmarks.Servers;

// [NAME …]                    asks all questions but "kills", or those that are named
// server SUBJECT ADDRESS …    the process that accepts, started by the other command
if (args is ["server", var subject, var address])
    await MeasuredServer.RunAsync(subject, address);
else
    await DeferredCommand.RunAsync(args);
