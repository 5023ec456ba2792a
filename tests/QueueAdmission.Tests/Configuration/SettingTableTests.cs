using System.Reflection;
using QueueAdmission.Configuration.Schema;
using QueueAdmission.Doubles;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies that an entry of the table defines a setting completely: its property, its documentation and its readers
/// agree.
/// </summary>
public sealed class SettingTableTests
{
    private static readonly SettingTable Table = SettingTable.BuiltIn;

    public static TheoryData<string> Keys => [.. Table.All.Select(setting => setting.Key)];

    public static TheoryData<string> ConfigurableKeys => [.. Table.Keys];

    [Fact]
    public void Entries_OfBothTables_AreAllListed()
    {
        var entries = new[] { typeof(JobQueueSettings), typeof(RequestQueueSettings) }
            .SelectMany(table => table.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Select(field => field.GetValue(null));

        Assert.Equal(entries.ToHashSet(), Table.All.ToHashSet<object?>());
    }

    [Fact]
    public void Properties_OfTheOptions_EachHaveAnEntry()
    {
        var properties = typeof(RequestQueueOptions).GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(
            property => property.Name);

        Assert.Equal(properties.Order(), Table.All.Select(setting => setting.Key).Order());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Property_OfASetting_IsWhatTheEntryReadsWritesAndRecords(string key)
    {
        var (setting, property) = (
            Table.All.Single(setting => setting.Key == key), typeof(RequestQueueOptions).GetProperty(key)!);
        var other = OtherThanDefault(setting);
        var (written, assigned) = (new RequestQueueOptions(), new RequestQueueOptions());
        Assert.Equal(setting.DefaultValue ?? property.GetValue(written), property.GetValue(written));

        setting.Set(written, other);
        var recorded = assigned.StartRecording();
        property.SetValue(assigned, other);

        Assert.Equal(other, property.GetValue(written));
        Assert.Equal(other, setting.Get(assigned));
        Assert.Equal(setting, recorded[0]);
        Assert.False(setting.IsSame(assigned, new RequestQueueOptions()));
        // Nothing else changes, except what the setting implies.
        Assert.Equal(
            recorded, Table.FindChanged(new RequestQueueOptions(), assigned).OrderBy(changed => changed != setting));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Summary_OfTheProperty_SaysWhatTheEntrySays(string key)
    {
        var setting = Table.All.Single(setting => setting.Key == key);

        Assert.Equal(setting.Documentation, PropertyDocumentation.Of(typeof(RequestQueueOptions).GetProperty(key)!));
    }

    [Theory]
    [MemberData(nameof(ConfigurableKeys))]
    public void Row_OfTheDocumentation_HasTheDefaultAndTheRange(string key)
    {
        var setting = Table.Find(key)!;
        var rows = File.ReadLines(Repository.PathOf("docs/configuration.md")).Where(line => line.StartsWith('|'));

        var row = Assert.Single(rows, row => row.Split('|')[1].Contains($"`{key}`", StringComparison.Ordinal));

        var cells = row.Replace("`", "", StringComparison.Ordinal).Split('|');
        if (setting.DefaultWords is null)
            Assert.Contains(setting.ShownDefault, cells[2], StringComparison.Ordinal);
        Assert.Contains(setting.Schema.Range, cells[3], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Default_OfASetting_IsInItsRange(string key) =>
        Assert.True(Table.All.Single(setting => setting.Key == key).IsDefaultAllowed);

    [Fact]
    public void With_AKeyThatThereIs_IsRefused()
    {
        var clash =
            new QueueSetting<bool>("workers", SettingValues.Switch()) { Default = false, Description = "Clashes." };

        var exception = Assert.Throws<InvalidOperationException>(() => Table.With([clash]));

        Assert.Contains("Workers", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static object OtherThanDefault(QueueSetting setting)
    {
        if (setting == RequestQueueSettings.OnRejected)
            return (Func<RejectionContext, ValueTask>)(_ => default);
        if (setting == RequestQueueSettings.RejectionWriters)
            return new List<IRejectionWriter> { RejectionWriter.ForFormat(RejectionFormat.Page, _ => default) };
        if (setting.AllowedEntry is not null)
        {
            return setting.ReadMap(
                [KeyValuePair.Create("gold", $"{setting.Schema.Max}")], entry => Assert.Fail(entry.Key))!;
        }
        var text = setting.Schema.Type switch
        {
            SettingSchemaType.Integer => $"{setting.Schema.Max}",
            SettingSchemaType.Duration => "00:00:07",
            SettingSchemaType.Boolean => setting.DefaultValue is true ? "false" : "true",
            SettingSchemaType.Name => setting.Schema.Names[^1],
            _ => setting.Schema.Range.Split(", ")[^1],
        };
        Assert.True(setting.TryParse(text, out var value));
        return value!;
    }
}
