using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using QueueAdmission.Benchmarks;
using QueueAdmission.Benchmarks.Compare;
using QueueAdmission.Benchmarks.Memory;
using QueueAdmission.Benchmarks.Sections;

// compare [--quick]                 measures every question in a process of its own
// compare [--quick] --only Name     measures the questions whose names contain Name, in this process
// memory                            measures the bytes of a parked waiter, and the wake-ups of an idle queue
// sections                          times operations that hold the lock, with up to a million waiters
// table                             writes the latest results of all programs to README.md
// anything else                     passed to BenchmarkDotNet, for example: --filter '*AdmitInTheEngine*'
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
