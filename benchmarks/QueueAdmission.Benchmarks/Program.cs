using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using QueueAdmission.Benchmarks;
using QueueAdmission.Benchmarks.Compare;
using QueueAdmission.Benchmarks.Memory;
using QueueAdmission.Benchmarks.Sections;

// compare [--quick] [--only Name]   every question in this process, interleaved
// memory                            bytes of a parked waiter, and what an idle queue does
// sections                          operations that hold the lock, with up to a million waiters
// table                             puts the last results of all programs into README.md
// anything else                     BenchmarkDotNet, for example: --filter '*AdmitInTheEngine*'
switch (args)
{
    case ["compare", ..]:
        CompareCommand.Run(args[1..]);
        break;
    case ["memory"]:
        MemoryCommand.Run();
        break;
    case ["sections"]:
        SectionsCommand.Run();
        break;
    case ["table"]:
        ReadmeTable.Write();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(CompareCommand).Assembly).Run(args, DefaultConfig.Instance
            .AddDiagnoser(MemoryDiagnoser.Default)
            .HideColumns(Column.Job, Column.Error, Column.RatioSD));
        break;
}
