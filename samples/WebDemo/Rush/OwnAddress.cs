using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace WebDemo;

/// <summary>Finds the address at which this server can be reached from this machine.</summary>
internal sealed class OwnAddress(IServer server)
{
    /// <summary>
    /// Returns the first plain HTTP address that the server listens on. An address of all interfaces (<c>0.0.0.0</c>,
    /// <c>[::]</c>, <c>+</c>, <c>*</c>) becomes the loopback address.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server does not listen on plain HTTP.</exception>
    public Uri Find()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.FirstOrDefault(one => one.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException(
                "The rush needs an address that starts with http://; specify one with --urls.");
        var url = BindingAddress.Parse(address);
        var everywhere = url.Host is "+" or "*"
            || (IPAddress.TryParse(url.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
        return new UriBuilder(Uri.UriSchemeHttp, everywhere ? "127.0.0.1" : url.Host, url.Port).Uri;
    }
}
