namespace ClusterDemo;

/// <summary>The section <c>Shop</c> of appsettings.json.</summary>
internal sealed class ShopOptions
{
    /// <summary>Lamps on the shelf when the shops open.</summary>
    public int Stock { get; set; } = 20;

    /// <summary>Lamps that one restocking adds.</summary>
    public int Restock { get; set; } = 20;

    /// <summary>How long a worker is busy with one order.</summary>
    public TimeSpan OrderTime { get; set; } = TimeSpan.FromMilliseconds(1500);
}
