namespace WebDemo;

/// <summary>The section <c>Shop</c> of appsettings.json.</summary>
internal sealed class ShopOptions
{
    /// <summary>Lamps on the shelf when the shop opens.</summary>
    public int Stock { get; set; } = 20;

    /// <summary>Lamps that one restocking adds.</summary>
    public int Restock { get; set; } = 20;

    /// <summary>How long a till works on one order.</summary>
    public TimeSpan OrderTime { get; set; } = TimeSpan.FromMilliseconds(500);
}
