using ClusterDemo;

// One program, started four times: the front, and the three shops that it starts as its children.
return ShopNode.IsOne(args) ? await ShopNode.RunAsync(args) : await ShopFront.RunAsync(args);
