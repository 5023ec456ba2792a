using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The address of a client as a key: the 32 bits of an IPv4 address, or the first 64 of an IPv6 address, in as many characters as they need.</summary>
/// <remarks>
/// Nobody reads keys, so they are not written out: that would take twice the time and memory. The first character is half of a surrogate pair, which no text decoded
/// from UTF-8 begins with. So no user can give himself a name that is somebody's address.
/// </remarks>
internal static class ClientIpKey
{
    private const char Ipv4 = '\uDC04';
    private const char Ipv6 = '\uDC06';

    /// <returns>Null if the connection has no address, as that of a Unix socket.</returns>
    public static string? Of(HttpContext context) => context.Connection.RemoteIpAddress is { } address ? Of(address) : null;

    public static string Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return Write(Ipv4, bytes[..4]);
        // As a socket that listens on both sees IPv4 clients.
        return address.IsIPv4MappedToIPv6 ? Write(Ipv4, bytes[12..]) : Write(Ipv6, bytes[..8]);
    }

    private static string Write(char kind, ReadOnlySpan<byte> bits)
    {
        Span<char> key = stackalloc char[5];
        key[0] = kind;
        for (var i = 0; i < bits.Length / 2; i++)
            key[i + 1] = (char)BinaryPrimitives.ReadUInt16BigEndian(bits[(2 * i)..]);
        return new string(key[..(1 + (bits.Length / 2))]);
    }
}
