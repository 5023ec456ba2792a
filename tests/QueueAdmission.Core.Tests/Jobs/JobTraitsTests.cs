namespace QueueAdmission.Jobs;

public sealed class JobTraitsTests
{
    [Fact]
    public void Traits_OfAJobThatSaysNothing_AreTheDocumentedOnes()
    {
        var traits = default(JobTraits);

        Assert.Equal((null, JobPriority.Normal, 1, null), (traits.Key, traits.Priority, traits.Weight, traits.Deadline));
        Assert.Null(traits.Brought);
    }

    [Fact]
    public void Tag_Alone_TravelsWithoutARecord()
    {
        var tag = new object();

        Assert.Same(tag, new JobTraits { Tag = tag }.Brought);
        Assert.Same(tag, Assert.IsType<JobRecord>(new JobTraits { Tag = tag, Key = "a" }.Brought).Tag);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Weight_BelowOne_IsRefused(int weight) => Assert.Throws<ArgumentOutOfRangeException>(() => new JobTraits { Weight = weight });

    [Theory]
    [InlineData((JobPriority)(-2))]
    [InlineData((JobPriority)3)]
    public void Priority_ThatDoesNotExist_IsRefused(JobPriority priority) => Assert.Throws<ArgumentOutOfRangeException>(() => new JobTraits { Priority = priority });
}
