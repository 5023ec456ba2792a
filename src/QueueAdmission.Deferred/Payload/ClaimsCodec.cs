using System.Security.Claims;

namespace QueueAdmission.Deferred;

/// <summary>Writes and reads the claims of a caller.</summary>
/// <remarks>
/// The format of the framework would include the token of the caller (<see cref="ClaimsIdentity.BootstrapContext"/>),
/// which must not be stored.
/// </remarks>
internal static class ClaimsCodec
{
    public static void Write(BinaryWriter writer, ClaimsPrincipal user)
    {
        var identities = user.Identities.ToList();
        writer.Write7BitEncodedInt(identities.Count);
        foreach (var identity in identities)
        {
            WriteIdentity(writer, identity);
        }
    }

    public static ClaimsPrincipal Read(BinaryReader reader)
    {
        var user = new ClaimsPrincipal();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            user.AddIdentity(ReadIdentity(reader));
        }
        return user;
    }

    private static void WriteIdentity(BinaryWriter writer, ClaimsIdentity identity)
    {
        writer.WriteOptional(identity.AuthenticationType);
        writer.Write(identity.NameClaimType);
        writer.Write(identity.RoleClaimType);
        writer.WriteOptional(identity.Label);
        var claims = identity.Claims.ToList();
        writer.Write7BitEncodedInt(claims.Count);
        foreach (var claim in claims)
        {
            writer.Write(claim.Type);
            writer.Write(claim.Value);
            // Almost all claims have the default value type and the default issuer.
            writer.WriteOptional(claim.ValueType == ClaimValueTypes.String ? null : claim.ValueType);
            writer.WriteOptional(claim.Issuer == ClaimsIdentity.DefaultIssuer ? null : claim.Issuer);
            writer.WriteOptional(claim.OriginalIssuer == claim.Issuer ? null : claim.OriginalIssuer);
            writer.Write7BitEncodedInt(claim.Properties.Count);
            foreach (var (name, value) in claim.Properties)
            {
                writer.Write(name);
                writer.Write(value);
            }
        }
    }

    private static ClaimsIdentity ReadIdentity(BinaryReader reader)
    {
        var identity = new ClaimsIdentity(reader.ReadOptional(), reader.ReadString(), reader.ReadString())
        {
            Label = reader.ReadOptional(),
        };
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            identity.AddClaim(ReadClaim(reader, identity));
        }
        return identity;
    }

    private static Claim ReadClaim(BinaryReader reader, ClaimsIdentity identity)
    {
        var (type, value) = (reader.ReadString(), reader.ReadString());
        var valueType = reader.ReadOptional() ?? ClaimValueTypes.String;
        var issuer = reader.ReadOptional() ?? ClaimsIdentity.DefaultIssuer;
        var claim = new Claim(type, value, valueType, issuer, reader.ReadOptional() ?? issuer, identity);
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            claim.Properties[reader.ReadString()] = reader.ReadString();
        }
        return claim;
    }
}
