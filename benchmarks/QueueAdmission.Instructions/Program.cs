using QueueAdmission.Instructions;

// (nothing)          counts the subjects that have a committed bound, and fails if one is exceeded
// --peers            the same, and also counts UseRateLimiter
// --update           writes the counts as the new bounds
// run NAME=N …       the counted run: calls each subject N times; started by the other commands under valgrind
if (args is ["run", .. var calls])
{
    Subjects.Run(calls);
    // Threads of the pool still run what the start of the pipelines has begun. A process that ends before they have
    // finished would count fewer instructions than another one.
    Thread.Sleep(TimeSpan.FromSeconds(1));
    return 0;
}
return InstructionCheck.Run(withPeers: args.Contains("--peers"), update: args.Contains("--update"));
