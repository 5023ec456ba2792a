using PostDemo;

// This program runs as two processes: the front accepts posts, and its child process runs them.
return PostWorker.IsOne(args) ? await PostWorker.RunAsync(args) : await PostFront.RunAsync(args);
