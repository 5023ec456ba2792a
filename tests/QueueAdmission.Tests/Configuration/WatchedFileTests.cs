using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Configuration;

/// <summary>
/// Verifies files whose permissions change without an event, and file providers that are not part of the framework.
/// </summary>
public sealed class WatchedFileTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Folder _folder = new() { Content = """{ "a": 1 }""" };
    private int _changes;

    [Fact]
    public void Touch_FileCannotBeOpened_IsAProblemUntilItCanBe()
    {
        using var root = Build();
        using var file = Watch(root);
        _folder.Locked = "permission denied";

        _folder.Touch();
        Assert.Null(file.Problem);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a.json cannot be read: permission denied", file.Problem);
        Assert.Equal(1, _changes);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, _changes);

        (_folder.Locked, _folder.Content) = (null, """{ "a": 2 }""");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(file.Problem);
        Assert.Equal(2, _changes);
        // The framework had not reloaded the file. The retry did.
        Assert.Equal("2", root["a"]);
        _folder.Opened = 0;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _folder.Opened);
    }

    [Fact]
    public void Retry_FileCanBeOpenedButIsBroken_IsThatProblem()
    {
        using var root = Build();
        using var file = Watch(root);
        ((FileConfigurationProvider)root.Providers.Single()).Source.OnLoadException = context =>
            file.Break(context.Exception, context.Ignore);
        _folder.Locked = "permission denied";
        _folder.Touch();
        _time.Advance(TimeSpan.FromSeconds(1));

        (_folder.Locked, _folder.Content) = (null, "{");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.StartsWith("a.json cannot be read: ", file.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("permission denied", file.Problem, StringComparison.Ordinal);
        _folder.Opened = 0;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _folder.Opened);
    }

    [Fact]
    public void Touch_FileCanBeOpened_IsNoProblemAndIsNotLookedAtAgain()
    {
        using var root = Build();
        using var file = Watch(root);

        _folder.Touch();
        _time.Advance(TimeSpan.FromSeconds(1));
        _folder.Opened = 0;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(file.Problem);
        Assert.Equal((0, 0), (_changes, _folder.Opened));
    }

    [Fact]
    public void Dispose_WhileTheFileCannotBeOpened_EndsTheTries()
    {
        using var root = Build();
        var file = Watch(root);
        _folder.Locked = "permission denied";
        _folder.Touch();
        _time.Advance(TimeSpan.FromSeconds(1));

        file.Dispose();
        _folder.Touch();
        // The framework itself opens the file at this change.
        _folder.Opened = 0;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, _folder.Opened);
    }

    [Fact]
    public void File_ThatIsNotReadAgain_MayVanish()
    {
        using var root = Build(reloadOnChange: false);
        using var file = Watch(root);
        _folder.Content = null;

        Assert.Null(file.Problem);
    }

    [Fact]
    public void Folder_Throws_IsAProblemOfTheFile()
    {
        using var root = Build();
        using var file = Watch(root);
        _folder.IsGone = true;

        Assert.Equal("a.json cannot be read: the folder is gone", file.Problem);
        _folder.Touch();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("a.json cannot be read: the folder is gone", file.Problem);
    }

    private ConfigurationRoot Build(bool reloadOnChange = true) => (ConfigurationRoot)new ConfigurationBuilder()
        .Add(new JsonConfigurationSource
        {
            FileProvider = _folder,
            Path = "a.json",
            ReloadOnChange = reloadOnChange,
            ReloadDelay = 0,
        })
        .Build();

    private WatchedFile Watch(ConfigurationRoot root) =>
        new((FileConfigurationProvider)root.Providers.Single(), _time, () => _changes++);

    /// <summary>A folder with one file, in memory.</summary>
    private sealed class Folder : IFileProvider, IFileInfo
    {
        private ConfigurationReloadToken _token = new();

        public string? Content { get; set; }

        public string? Locked { get; set; }

        public bool IsGone { get; set; }

        public int Opened { get; set; }

        public bool Exists => Content is not null;

        public long Length => 0;

        public string? PhysicalPath => null;

        public string Name => "a.json";

        public DateTimeOffset LastModified => default;

        public bool IsDirectory => false;

        public Stream CreateReadStream()
        {
            Opened++;
            return Locked is null
                ? new MemoryStream(Encoding.UTF8.GetBytes(Content!))
                : throw new UnauthorizedAccessException(Locked);
        }

        public IFileInfo GetFileInfo(string subpath) =>
            IsGone ? throw new DirectoryNotFoundException("the folder is gone") : this;

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public IChangeToken Watch(string filter) =>
            IsGone ? throw new DirectoryNotFoundException("the folder is gone") : _token;

        /// <summary>
        /// Reports a change of the file. Exceptions of the framework's callback are ignored, as in its own file
        /// provider.
        /// </summary>
        public void Touch()
        {
            var token = _token;
            _token = new ConfigurationReloadToken();
            try
            {
                token.OnReload();
            }
            catch (AggregateException)
            {
                // Ignored, as described above.
            }
        }
    }
}
