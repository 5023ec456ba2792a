using System.Text;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

/// <summary>
/// Configuration that a test edits. When <see cref="Edit"/> returns, the edit is in force and the reload token has
/// fired.
/// </summary>
internal sealed class EditableConfiguration : ConfigurationProvider, IConfigurationSource
{
    public EditableConfiguration(string json = "{}") => Data = Parse(json);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Edit(string json)
    {
        Data = Parse(json);
        OnReload();
    }

    /// <summary>
    /// Fires only the reload token, as happens when another source has changed or one write is reported twice.
    /// </summary>
    public void Touch() => OnReload();

    private static Dictionary<string, string?> Parse(string json) => new(
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().AsEnumerable(),
        StringComparer.OrdinalIgnoreCase);
}
