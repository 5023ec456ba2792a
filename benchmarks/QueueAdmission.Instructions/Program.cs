using QueueAdmission.Instructions;

// (nothing)          counts what has a committed bound, and fails if one is exceeded
// --peers            the same with UseRateLimiter beside it
// --update           writes the counts as the new bounds
// run NAME=N …       the counted run: calls each subject N times; used by the other commands, under valgrind
if (args is ["run", .. var calls])
{
    Subjects.Run(calls);
    return 0;
}
return InstructionCheck.Run(withPeers: args.Contains("--peers"), update: args.Contains("--update"));
