using QueueAdmission.Cluster.Benchmarks;
using QueueAdmission.Cluster.Benchmarks.Nodes;

// [NAME …]    asks all questions, or those that are named; all of them write the table
// node …      the process of a node, started by the other command
if (args is ["node", ..])
    NodeProcess.Run(args[1..]);
else
    ClusterCommand.Run(args);
