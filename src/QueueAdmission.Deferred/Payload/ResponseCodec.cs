namespace QueueAdmission.Deferred;

/// <summary>Converts a response to bytes and back. The first byte is the version of the format.</summary>
internal static class ResponseCodec
{
    private const byte Version = 1;

    public static byte[] Write(Guid id, StoredResponse response)
    {
        var stream = new MemoryStream(256 + response.Body.Length);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(id.ToByteArray());
        writer.Write7BitEncodedInt(response.StatusCode);
        writer.WriteOptional(response.ReasonPhrase);
        writer.WriteHeaders(response.Headers);
        writer.Write(response.IsBodyDropped);
        writer.Write7BitEncodedInt(response.Owner.Length);
        writer.Write(response.Owner);
        writer.Write7BitEncodedInt(response.Body.Length);
        writer.Write(response.Body.Span);
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">
    /// The bytes are not a response, belong to another job, or are from a later version.
    /// </exception>
    public static StoredResponse Read(Guid id, byte[] bytes)
    {
        try
        {
            var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            if (reader.ReadByte() is var version && version != Version)
            {
                throw new InvalidDataException($"A later release wrote the stored response (version {version}).");
            }
            if (new Guid(reader.ReadExactly(16)) != id)
            {
                throw new InvalidDataException("The stored response belongs to another job.");
            }
            return new StoredResponse
            {
                StatusCode = reader.Read7BitEncodedInt(),
                ReasonPhrase = reader.ReadOptional(),
                Headers = reader.ReadHeaders(),
                IsBodyDropped = reader.ReadBoolean(),
                Owner = reader.ReadExactly(reader.Read7BitEncodedInt()),
                Body = reader.ReadExactly(reader.Read7BitEncodedInt()),
            };
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The stored response cannot be read.", exception);
        }
    }
}
