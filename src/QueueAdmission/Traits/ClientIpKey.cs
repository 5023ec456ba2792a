using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>
/// Converts the address of a client to a key. The key contains the 32 bits of an IPv4 address, or the first 64 bits of
/// an IPv6 address, in as few characters as possible.
/// </summary>
/// <remarks>
/// <para>A key is compared for each request and rarely shown. Writing the address as text would take twice the time and
/// memory. The first character of a key is a low surrogate, which is the second half of a surrogate pair. No text
/// decoded from UTF-8 begins with a low surrogate, so the key of a user never equals the key of an address.</para>
/// <para>A customer of an IPv6 network gets a /64 network or more, and can send from every address in it. The first 64
/// bits are therefore the key. There are two exceptions, in which these bits do not identify the client:</para>
/// <list type="bullet">
/// <item>An address that contains the IPv4 address of the client counts as that address: see
/// <see cref="TryFindIpv4"/>.</item>
/// <item>Link-local addresses and addresses of a local translator count with all their bits.</item>
/// </list>
/// </remarks>
internal static class ClientIpKey
{
    private const char Ipv4 = '\uDC04';
    private const char Ipv6 = '\uDC06';
    private const char WholeIpv6 = '\uDC07';

    /// <returns>The key, or null if the connection has no address, for example a Unix socket.</returns>
    public static string? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? Of(address) : null;

    public static string Of(IPAddress address)
    {
        // 16 bytes for an IPv6 address, and 4 bytes for the scope that identifies its link.
        Span<byte> bytes = stackalloc byte[20];
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return Write(Ipv4, bytes[..4]);
        }
        Span<byte> ipv4 = stackalloc byte[4];
        if (TryFindIpv4(bytes, ipv4))
        {
            return Write(Ipv4, ipv4);
        }
        // RFC 4291, 2.5.6: fe80::/64 is the prefix of every host on every link. With this prefix as the key, all hosts
        // would be one client. The rest of the address identifies the host, and the scope identifies the link. A host
        // can take further addresses, as it also can with IPv4 on the same link.
        if (address.IsIPv6LinkLocal)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], (uint)address.ScopeId);
            return Write(WholeIpv6, bytes);
        }
        // RFC 8215, 64:ff9b:1::/48: like 64:ff9b::/96 in TryFindIpv4, but the operator chooses the position of the IPv4
        // address. Each whole address therefore counts as one client.
        return bytes[..6].SequenceEqual((ReadOnlySpan<byte>)[0x00, 0x64, 0xff, 0x9b, 0x00, 0x01])
            ? Write(WholeIpv6, bytes[..16])
            : Write(Ipv6, bytes[..8]);
    }

    /// <summary>Finds the IPv4 address that an IPv6 address contains.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>::ffff:a.b.c.d (RFC 4291, 2.5.5.2): an IPv4 client, as a socket for both protocols shows it.</item>
    /// <item>::a.b.c.d (2.5.5.1) and ::ffff:0:a.b.c.d (RFC 2765): older forms, which proxies may still write into a
    /// header. The addresses :: and ::1 are excluded, because they contain no IPv4 address.</item>
    /// <item>64:ff9b::a.b.c.d (RFC 6052): an IPv4 client whose connection was translated for servers with IPv6 only
    /// (RFC 7755). With the first 64 bits as the key, the whole IPv4 Internet would be one client.</item>
    /// <item>2002:aabb:ccdd::/48 (6to4, RFC 3056): the network of one IPv4 address. With the first 64 bits as the key,
    /// this network could act as 65,536 clients.</item>
    /// <item>2001:0::/32 (Teredo, RFC 4380): the first 64 bits identify a Teredo server, which thousands of clients
    /// share. The last 32 bits, inverted, are the IPv4 address of the client.</item>
    /// </list>
    /// ISATAP addresses and the addresses of translators with another prefix look like those of any other network. They
    /// are not recognised.
    /// </remarks>
    private static bool TryFindIpv4(ReadOnlySpan<byte> ipv6, Span<byte> ipv4)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(ipv6);
        var middle = BinaryPrimitives.ReadUInt32BigEndian(ipv6[8..]);
        var low = BinaryPrimitives.ReadUInt32BigEndian(ipv6[12..]);
        uint? found = (high, middle) switch
        {
            (0, 0x0000_ffff) or (0, 0xffff_0000) => low,
            (0, 0) when low > 1 => low,
            (0x0064_ff9b_0000_0000, 0) => low,
            _ when high >> 48 == 0x2002 => (uint)(high >> 16),
            _ when high >> 32 == 0x2001_0000 => ~low,
            _ => null,
        };
        if (found is { } address)
        {
            BinaryPrimitives.WriteUInt32BigEndian(ipv4, address);
        }
        return found.HasValue;
    }

    /// <summary>
    /// Returns the address or network of a key as text, or null if the key is not that of an address.
    /// </summary>
    public static string? TryShow(string key)
    {
        Span<byte> bits = stackalloc byte[20];
        if (key.Length == 0 || key.Length > 1 + (bits.Length / 2))
        {
            return null;
        }
        bits.Clear();
        for (var i = 1; i < key.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bits[(2 * (i - 1))..], key[i]);
        }
        return key[0] switch
        {
            Ipv4 => new IPAddress(bits[..4]).ToString(),
            Ipv6 => $"{new IPAddress(bits[..16])}/64",
            WholeIpv6 => new IPAddress(bits[..16], BinaryPrimitives.ReadUInt32BigEndian(bits[16..])).ToString(),
            _ => null,
        };
    }

    private static string Write(char kind, ReadOnlySpan<byte> bits)
    {
        Span<char> key = stackalloc char[11];
        key[0] = kind;
        for (var i = 0; i < bits.Length / 2; i++)
        {
            key[i + 1] = (char)BinaryPrimitives.ReadUInt16BigEndian(bits[(2 * i)..]);
        }
        return new string(key[..(1 + (bits.Length / 2))]);
    }
}
