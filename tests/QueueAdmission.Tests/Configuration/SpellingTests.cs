namespace QueueAdmission.Configuration;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("workers", "Workers", 0)]
    [InlineData("Worker", "Workers", 1)]
    [InlineData("Wrokers", "Workers", 1)]
    [InlineData("Warkers", "Workers", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_TwoWords_CountsEditsEitherWay(string a, string b, int expected)
    {
        Assert.Equal(expected, Spelling.Distance(a, b));
        Assert.Equal(expected, Spelling.Distance(b, a));
    }

    [Theory]
    [InlineData("Worker", "Workers")]
    [InlineData("maxwiat", "MaxWait")]
    [InlineData("Capacity", "PartitionCapacity")]
    [InlineData("Partition", "Partitions")]
    [InlineData("Colour", null)]
    public void Nearest_Word_FindsWhatWasMeant(string word, string? expected) =>
        Assert.Equal(
            expected, Spelling.Nearest(word, SettingTable.BuiltIn.Configurable.Select(setting => setting.Key)));
}
