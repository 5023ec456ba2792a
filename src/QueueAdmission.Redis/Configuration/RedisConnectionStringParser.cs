using System.Globalization;
using System.Security.Authentication;

namespace QueueAdmission.Redis;

/// <summary>Parses connection strings in the format of StackExchange.Redis.</summary>
/// <remarks>
/// Options that only tune StackExchange.Redis are accepted and have no effect, because an application often uses one
/// string for both libraries. Options that request something the store cannot do are errors. No message contains the
/// password or any text after it, because a password may contain a comma.
/// </remarks>
internal sealed class RedisConnectionStringParser
{
    private const string Example = "for example \"localhost:6379\" or \"redis.example.com:6380,password=…,ssl=true\"";

    private static readonly HashSet<string> WithoutEffect = new(StringComparer.OrdinalIgnoreCase)
    {
        "abortConnect", "allowAdmin", "asyncTimeout", "configChannel", "configCheckSeconds", "connectRetry",
        "connectTimeout", "heartbeatConsistencyChecks", "heartbeatInterval", "highIntegrity",
        "includeDetailInExceptions",
        "keepAlive", "preserveAsyncOrder", "protocol", "resolveDns", "responseTimeout", "setlib", "syncTimeout",
        "tieBreaker", "version", "writeBuffer",
    };

    private readonly List<string> _errors = [];
    private readonly List<(string Host, int? Port)> _endpoints = [];
    private string? _serviceName;
    private string? _user;
    private string? _password;
    private string? _clientName;
    private string _channelPrefix = "";
    private string? _tlsHost;
    private int _database;
    private bool _usesTls;
    private bool _checksRevocation;
    private SslProtocols _tlsProtocols;

    private RedisConnectionStringParser()
    {
    }

    /// <summary>Parses a connection string.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="errors">The errors in the connection string. Empty if it is valid.</param>
    /// <returns>The parts of the connection string, or null if it has errors.</returns>
    public static RedisConnectionString? Parse(string? text, out IReadOnlyList<string> errors)
    {
        var parser = new RedisConnectionStringParser();
        parser.Read(text);
        errors = parser._errors;
        return parser._errors.Count > 0 ? null : parser.Build();
    }

    private void Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            _errors.Add($"it is empty; write host:port and options, {Example}");
            return;
        }
        if (text.Contains("://", StringComparison.Ordinal))
        {
            _errors.Add($"it is a URL; write host:port and options, {Example}");
            return;
        }
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                ReadEndpoint(part);
            }
            else
            {
                ReadOption(part[..equals].Trim(), part[(equals + 1)..].Trim());
            }
        }
        if (_endpoints.Count == 0)
        {
            _errors.Add($"it names no server; write host:port first, {Example}");
        }
    }

    private void ReadEndpoint(string text)
    {
        var (host, port) = (text, (string?)null);
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            (host, var rest) = end < 0 ? ("", "") : (text[1..end], text[(end + 1)..]);
            port = rest.StartsWith(':') ? rest[1..] : null;
        }
        else if (text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && colon == text.LastIndexOf(':'))
        {
            (host, port) = (text[..colon], text[(colon + 1)..]);
        }
        var number = 0;
        var isValid = host.Length > 0 && !host.StartsWith('!') && !host.Any(char.IsWhiteSpace)
            && (port is null || (TryWholeNumber(port, out number) && number is >= 1 and <= 65535));
        if (isValid)
        {
            _endpoints.Add((host, port is null ? null : number));
        }
        else
        {
            _errors.Add($"the server {Shown(text)} is not host, host:port or [IPv6]:port with a port from 1 to 65535");
        }
    }

    private void ReadOption(string key, string value)
    {
        switch (key.ToUpperInvariant())
        {
            case "SERVICENAME":
                _serviceName = value.Length > 0 ? value : null;
                break;
            case "USER":
                _user = value.Length > 0 ? value : null;
                break;
            case "PASSWORD":
                _password = value.Length > 0 ? value : null;
                break;
            case "NAME":
                _clientName = value.Length > 0 ? value : null;
                break;
            case "CHANNELPREFIX":
                _channelPrefix = value;
                break;
            case "SSLHOST":
                _tlsHost = value.Length > 0 ? value : null;
                break;
            case "SSL":
                _usesTls = ReadSwitch(key, value);
                break;
            case "CHECKCERTIFICATEREVOCATION":
                _checksRevocation = ReadSwitch(key, value);
                break;
            case "DEFAULTDATABASE":
                if (!TryWholeNumber(value, out _database))
                {
                    _errors.Add($"{key} is {Shown(value)}; allowed is a whole number from 0");
                }
                break;
            case "SSLPROTOCOLS":
                if (!Enum.TryParse(value.Replace('|', ','), ignoreCase: true, out _tlsProtocols))
                {
                    _errors.Add($"{key} is {Shown(value)}; allowed are Tls12, Tls13 and Tls12|Tls13");
                }
                break;
            case "PROXY" when value.Length > 0 && !value.Equals("None", StringComparison.OrdinalIgnoreCase):
                _errors.Add(
                    $"{key} is {Shown(value)}; allowed is None, because a proxy does not pass scripts and signals");
                break;
            case "TUNNEL" when value.Length > 0:
                _errors.Add($"{key} is {Shown(value)}; tunnels are not supported");
                break;
            case "PROXY" or "TUNNEL":
                break;
            default:
                if (!WithoutEffect.Contains(key) && !key.StartsWith('$'))
                {
                    _errors.Add(_password is null
                        ? $"the option '{key}' is not known"
                        : "an option after the password is not known; a password cannot contain a comma");
                }
                break;
        }
    }

    private bool ReadSwitch(string key, string value)
    {
        switch (value.ToUpperInvariant())
        {
            case "TRUE" or "YES" or "ON":
                return true;
            case "FALSE" or "NO" or "OFF":
                return false;
            default:
                _errors.Add($"{key} is {Shown(value)}; allowed are true and false");
                return false;
        }
    }

    private RedisConnectionString Build()
    {
        var defaultPort = _serviceName is not null ? 26379 : _usesTls ? 6380 : 6379;
        return new RedisConnectionString
        {
            Endpoints =
                [.. _endpoints.Select(endpoint => new RedisEndpoint(endpoint.Host, endpoint.Port ?? defaultPort))],
            ServiceName = _serviceName,
            User = _user,
            Password = _password,
            Database = _database,
            ClientName = _clientName,
            ChannelPrefix = _channelPrefix,
            UsesTls = _usesTls,
            TlsHost = _tlsHost,
            TlsProtocols = _tlsProtocols,
            ChecksRevocation = _checksRevocation,
        };
    }

    private string Shown(string value) =>
        _password is null ? $"'{value}'" : "(not shown, because it follows the password)";

    private static bool TryWholeNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
