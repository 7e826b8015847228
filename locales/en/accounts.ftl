# Accounts of the command centre, roles, wall screens, visitors

login-again = This step is over. Please begin again with account and password.
login-code-wrong = The code is wrong or has been used. Please wait for the next one.
password-weak = The password needs at least { $least } characters, must not contain the account's name, nor repeat a few characters.
password-same = The new password must differ from the present one.
password-wrong = The password is wrong.
visitors-present = Visitors are present: nothing about people is shown. End the visitors' mode with your password and try again.
account-name-wrong = An account's name begins with a small letter and has 3 to 32 characters: small letters, digits and . _ -.
account-person-wanted = Please give the person's name (1 to { $limit } characters).
account-taken = This account's name is taken. Please choose another.
account-unknown = There is no such account or role.
account-own = You may not change your own account. Please ask another administrator.
role-not-here = This role can't be given here.
role-grid-wanted = A grid's lead needs a grid.
role-apart = The system, security and audit administrators are apart, and none of them works with residents. Please make another account.
wall-name-wanted = Please name the wall screen (1 to { $limit } characters).
wall-unknown = There is no such wall screen.

role-operator = Community manager
role-street = Street office
role-lead = Grid lead
role-desk = Desk
role-system = System administrator
role-security = Security administrator
role-audit = Auditor
