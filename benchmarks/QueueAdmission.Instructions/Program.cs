using QueueAdmission.Instructions;

// (nothing)          counts what the committed bounds ask for, and fails if one is exceeded
// --peers            the same with UseRateLimiter beside it
// --update           writes the counts as the new bounds
// run NAME=N …       what is counted: calls each subject so many times; used by the other ones, under valgrind
if (args is ["run", .. var calls])
{
    Subjects.Run(calls);
    return 0;
}
return InstructionCheck.Run(withPeers: args.Contains("--peers"), update: args.Contains("--update"));
