using System.Net;

namespace QueueAdmission.Deferred;

/// <summary>Converts a request to bytes and back.</summary>
/// <remarks>
/// The first byte is the version of the format. A later release may add fields at the end or increase the version. An
/// older release refuses a version that it does not know.
/// </remarks>
internal static class RequestCodec
{
    private const byte Version = 1;

    public static byte[] Write(StoredRequest request)
    {
        var stream = new MemoryStream(512 + request.Body.Length);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(request.Id.ToByteArray());
        writer.Write(request.Route.Method);
        writer.Write(request.Route.Pattern);
        writer.WriteOptional(request.Route.EndpointName);
        writer.WriteOptional(request.Route.DisplayName);
        writer.Write(request.Method);
        writer.Write(request.Protocol);
        writer.Write(request.Scheme);
        writer.Write(request.Host);
        writer.Write(request.PathBase);
        writer.Write(request.Path);
        writer.Write(request.QueryString);
        writer.Write7BitEncodedInt(request.RouteValues.Count);
        foreach (var (name, value) in request.RouteValues)
        {
            writer.Write(name);
            writer.WriteOptional(value);
        }
        writer.WriteHeaders(request.Headers);
        ClaimsCodec.Write(writer, request.User);
        writer.Write(request.Culture);
        writer.Write(request.UICulture);
        writer.WriteOptional(request.TraceParent);
        writer.WriteOptional(request.TraceState);
        WriteAddress(writer, request.RemoteAddress);
        writer.Write7BitEncodedInt(request.RemotePort);
        WriteAddress(writer, request.LocalAddress);
        writer.Write7BitEncodedInt(request.LocalPort);
        writer.Write(request.AcceptedAt.UtcTicks);
        writer.WriteOptional(request.Key);
        writer.Write7BitEncodedInt(request.KeyShare);
        writer.Write(request.HasBody);
        writer.Write7BitEncodedInt(request.Body.Length);
        writer.Write(request.Body.Span);
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not a request, or are from a later version.</exception>
    public static StoredRequest Read(byte[] bytes)
    {
        try
        {
            return Read(new BinaryReader(new MemoryStream(bytes, writable: false)));
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The stored request cannot be read.", exception);
        }
    }

    private static StoredRequest Read(BinaryReader reader)
    {
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new InvalidDataException($"A later release wrote the stored request (version {version}).");
        }
        return new StoredRequest
        {
            Id = new Guid(reader.ReadExactly(16)),
            Route = new RouteIdentity(
                reader.ReadString(), reader.ReadString(), reader.ReadOptional(), reader.ReadOptional()),
            Method = reader.ReadString(),
            Protocol = reader.ReadString(),
            Scheme = reader.ReadString(),
            Host = reader.ReadString(),
            PathBase = reader.ReadString(),
            Path = reader.ReadString(),
            QueryString = reader.ReadString(),
            RouteValues = ReadRouteValues(reader),
            Headers = reader.ReadHeaders(),
            User = ClaimsCodec.Read(reader),
            Culture = reader.ReadString(),
            UICulture = reader.ReadString(),
            TraceParent = reader.ReadOptional(),
            TraceState = reader.ReadOptional(),
            RemoteAddress = ReadAddress(reader),
            RemotePort = reader.Read7BitEncodedInt(),
            LocalAddress = ReadAddress(reader),
            LocalPort = reader.Read7BitEncodedInt(),
            AcceptedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            Key = reader.ReadOptional(),
            KeyShare = reader.Read7BitEncodedInt(),
            HasBody = reader.ReadBoolean(),
            Body = reader.ReadExactly(reader.Read7BitEncodedInt()),
        };
    }

    private static KeyValuePair<string, string?>[] ReadRouteValues(BinaryReader reader)
    {
        var values = new KeyValuePair<string, string?>[reader.ReadCount()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new(reader.ReadString(), reader.ReadOptional());
        }
        return values;
    }

    private static void WriteAddress(BinaryWriter writer, IPAddress? address)
    {
        if (address is null)
        {
            writer.Write((byte)0);
            return;
        }
        var bytes = address.GetAddressBytes();
        writer.Write((byte)bytes.Length);
        writer.Write(bytes);
        if (bytes.Length == 16)
        {
            writer.Write(address.ScopeId);
        }
    }

    private static IPAddress? ReadAddress(BinaryReader reader) => reader.ReadByte() switch
    {
        0 => null,
        16 => new IPAddress(reader.ReadExactly(16), reader.ReadInt64()),
        var length => new IPAddress(reader.ReadExactly(length)),
    };
}
