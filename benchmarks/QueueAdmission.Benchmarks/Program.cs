using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using QueueAdmission.Benchmarks.Compare;

// compare [--quick] [--only Name]   every question in this process, interleaved, and the table of targets
// anything else                     BenchmarkDotNet, for example: --filter '*AdmitInTheEngine*'
if (args is ["compare", ..])
    return CompareCommand.Run(args[1..]);

BenchmarkSwitcher.FromAssembly(typeof(CompareCommand).Assembly).Run(args, DefaultConfig.Instance
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Job, Column.Error, Column.RatioSD));
return 0;
