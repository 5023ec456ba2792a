namespace QueueAdmission.Cluster.Simulation;

/// <summary>Causes random faults in a simulated cluster, which depend on the seed.</summary>
internal static class Disturbances
{
    /// <summary>Starts one random disturbance, which ends after some time.</summary>
    public static void Disturb(SimCluster cluster)
    {
        var (world, store) = (cluster.World, cluster.Store);
        var node = cluster.Nodes[world.Random.Next(cluster.Nodes.Count)];
        switch (world.Random.Next(15))
        {
            case 0:
                Kill(world, node);
                break;
            case 1 or 2:
                Freeze(world, node, node.Freeze);
                break;
            case 3:
                // Only nodes with an even index sleep, and only those with an odd index change their wall clock. No
                // clock of .NET shows a sleep during which the wall clock was set back.
                if (cluster.Nodes.IndexOf(node) % 2 == 0)
                    Freeze(world, node, node.Suspend);
                break;
            case 4 or 5:
                Cut(world, node);
                break;
            case 6:
                cluster.Nodes.ForEach(late => MakeLate(world, late));
                break;
            case 7:
                cluster.DisturbStore();
                store.Restart(loseData: true);
                break;
            case 8:
                cluster.DisturbStore();
                store.Restart(loseData: false);
                break;
            case 9 or 10:
                cluster.DisturbStore();
                store.FailOver(world.Between(0, 2.5), world.Between(-10, 10));
                break;
            case 11:
                cluster.DisturbStore();
                store.StepClock(world.Chance(0.5) ? world.Between(-4, 4) : world.Between(-30, 30));
                break;
            case 12:
                if (cluster.Nodes.IndexOf(node) % 2 == 1)
                    node.StepWall(world.Between(-5, 5));
                break;
            case 13:
                Leave(world, node);
                break;
            default:
                cluster.DisturbStore();
                store.IsAway = true;
                world.Tell($"store is away");
                world.After(world.Between(0.2, 7), () =>
                {
                    store.IsAway = false;
                    cluster.DisturbStore();
                });
                break;
        }
    }

    private static void Kill(SimWorld world, SimNode node)
    {
        if (!node.IsAlive)
            return;
        node.Kill();
        world.After(world.Between(0.1, 8), () =>
        {
            if (!node.IsAlive)
                node.Start();
        });
    }

    private static void Leave(SimWorld world, SimNode node)
    {
        if (!node.IsAlive || node.IsFrozen || node.IsLeaving)
            return;
        node.Leave();
        world.After(world.Between(0.1, 8), () =>
        {
            node.Kill();
            node.Start();
        });
    }

    private static void Freeze(SimWorld world, SimNode node, Action freeze)
    {
        if (!node.IsAlive || node.IsFrozen)
            return;
        freeze();
        world.After(world.Between(0.05, 8), node.Thaw);
    }

    private static void Cut(SimWorld world, SimNode node)
    {
        node.DisturbedAt = world.Now;
        node.Network.IsCut = true;
        world.Tell($"{node.Node.Generation} is cut off");
        world.After(world.Between(0.3, 8), () =>
        {
            node.Network.IsCut = false;
            node.DisturbedAt = world.Now;
        });
    }

    private static void MakeLate(SimWorld world, SimNode node)
    {
        node.DisturbedAt = world.Now;
        node.Network.LateChance = 0.1;
        world.Tell($"{node.Node.Generation} has late messages");
        world.After(world.Between(1, 8), () =>
        {
            node.Network.LateChance = 0;
            node.DisturbedAt = world.Now + TimeSpan.FromSeconds(5);
        });
    }
}
