using QueueAdmission.Cluster.Benchmarks;
using QueueAdmission.Cluster.Benchmarks.Nodes;

// [NAME …]    runs the named questions; without a name, runs all of them and writes the table
// node …      runs the process of a node; started by the command above
if (args is ["node", ..])
    NodeProcess.Run(args[1..]);
else
    ClusterCommand.Run(args);
