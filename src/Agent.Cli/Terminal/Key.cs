namespace Agent.Cli.Terminal;

/// <summary>What arrived from the keyboard.</summary>
internal enum KeyKind
{
    Character,
    Enter,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Escape,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,

    /// <summary>Text that was pasted as a whole (bracketed paste).</summary>
    Paste,

    /// <summary>A sequence that means nothing here.</summary>
    Unknown,
}

/// <summary>One key press, or one paste.</summary>
/// <param name="Kind">Which key.</param>
/// <param name="Text">The character, or the pasted text; with <paramref name="Ctrl"/> the letter in lower case.</param>
/// <param name="Ctrl">Held with Ctrl.</param>
/// <param name="Alt">Held with Alt (or preceded by Escape).</param>
/// <param name="Shift">Held with Shift, where the terminal tells.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "", bool Ctrl = false, bool Alt = false, bool Shift = false)
{
    public static Key Character(string text) => new(KeyKind.Character, text);

    public static Key Control(char letter) => new(KeyKind.Character, letter.ToString(), Ctrl: true);

    public bool IsControl(char letter) => Kind == KeyKind.Character && Ctrl && !Alt && Text.Length == 1 && Text[0] == letter;

    public bool IsAlt(char letter) => Kind == KeyKind.Character && Alt && Text.Length == 1 && char.ToLowerInvariant(Text[0]) == letter;
}
