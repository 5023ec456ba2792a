using QueueAdmission.Deferred.Benchmarks;
using QueueAdmission.Deferred.Benchmarks.Servers;

// [NAME …]                    runs the named questions; without a name, all that DeferredCommand does not exclude
// server SUBJECT ADDRESS …    runs the server process that accepts posts; started by the command above
if (args is ["server", var subject, var address])
    await MeasuredServer.RunAsync(subject, address);
else
    await DeferredCommand.RunAsync(args);
