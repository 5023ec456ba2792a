using System.Text;
using Microsoft.Extensions.Configuration;

namespace QueueAdmission.Configuration;

/// <summary>Configuration that a test edits: an edit is in force, and the reload token has fired, when <see cref="Edit"/> returns.</summary>
internal sealed class EditableConfiguration : ConfigurationProvider, IConfigurationSource
{
    public EditableConfiguration(string json = "{}") => Data = Parse(json);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Edit(string json)
    {
        Data = Parse(json);
        OnReload();
    }

    /// <summary>Only the reload token fires, as it does when another source changed or one write is reported twice.</summary>
    public void Touch() => OnReload();

    private static Dictionary<string, string?> Parse(string json) => new(
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().AsEnumerable(),
        StringComparer.OrdinalIgnoreCase);
}
