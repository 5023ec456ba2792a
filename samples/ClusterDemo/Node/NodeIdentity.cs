using System.Globalization;

namespace ClusterDemo;

/// <summary>Which node this process is.</summary>
/// <param name="Number">The number of the shop, from 1.</param>
/// <param name="Generation">Another one for each start.</param>
internal sealed record NodeIdentity(int Number, string Generation)
{
    public static NodeIdentity Read(IConfiguration configuration) => new(
        int.Parse(configuration["node"]!, CultureInfo.InvariantCulture), Guid.NewGuid().ToString("N"));
}
