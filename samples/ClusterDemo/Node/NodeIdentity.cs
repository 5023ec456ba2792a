using System.Globalization;

namespace ClusterDemo;

/// <summary>The identity of this node.</summary>
/// <param name="Number">The number of the shop, from 1.</param>
/// <param name="Generation">An id that is new for each start of the process.</param>
internal sealed record NodeIdentity(int Number, string Generation)
{
    public static NodeIdentity Read(IConfiguration configuration) => new(
        int.Parse(configuration["node"]!, CultureInfo.InvariantCulture), Guid.NewGuid().ToString("N"));
}
