using PostDemo;

// One program, started twice: the front accepts posts, and its child runs them.
return PostWorker.IsOne(args) ? await PostWorker.RunAsync(args) : await PostFront.RunAsync(args);
