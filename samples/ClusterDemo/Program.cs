using ClusterDemo;

// This program runs as four processes: the front, and the three shops that the front starts as child processes.
return ShopNode.IsOne(args) ? await ShopNode.RunAsync(args) : await ShopFront.RunAsync(args);
