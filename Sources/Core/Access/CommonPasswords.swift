/// The words that people choose passwords of most.
///
/// Common passwords of twelve and more characters are nearly all made of a few of these, of digits and of runs along
/// the keyboard; ``WeakPieces`` recognises the combinations, which a list of whole passwords would miss.
enum CommonPasswords {
    static let words = """
        pass passwd password passwort passphrase passcode secret secrets secure security letmein login logon
        signin welcome access admin administrator adminadmin root toor sysadmin system superuser supervisor
        manager master user username guest default demo test testing tester temp temporary changeme change
        changeit newpassword mypassword nopassword password1 enter open sesame opensesame backup server service
        internet computer laptop windows microsoft google facebook youtube apple samsung iphone android nokia
        linux ubuntu debian oracle mysql cisco router network website web online office company
        iloveyou ilove loveyou love lover loveme lovely iloveu forever always never baby babygirl babyboy
        sweet sweety sweetheart honey darling angel angels princess prince queen king kitty hello hellokitty
        happy smile friend friends family mother father mama papa mommy daddy sister brother
        sunshine summer winter spring autumn january february march april june july august september october
        november december monday tuesday wednesday thursday friday saturday sunday morning night
        football soccer baseball basketball hockey tennis golf liverpool manchester united chelsea arsenal
        barcelona madrid juventus ronaldo messi jordan michael jackson
        dragon monkey tiger lion eagle panther wolf bear dolphin horse chicken turtle elephant butterfly
        batman superman spiderman ironman starwars pokemon naruto matrix ninja samurai hunter killer warrior
        shadow phoenix thunder lightning storm diamond golden silver purple orange yellow green black white
        blue red cookie chocolate banana cherry strawberry pepper ginger coffee cheese flower flowers rose
        money million dollar lucky number whatever nothing nobody trustno1 trust freedom america american
        london paris bangkok thailand thai siam phuket chiangmai pattaya isaan korat
        ashley jessica jennifer amanda michelle nicole daniel andrew joshua matthew robert thomas charlie
        george david james john anthony william alexander maria anna sophie
        qwerty qwertz azerty qwert asdf asdfgh zxcvbn zxcv qaz wsx abc abcd xyz aaa one two three four five
        fuckyou fuck fucker asshole bitch sexy pussy god jesus christ buddha blessed heaven
        lprserver lpr alpr anpr plate plates license licence camera cameras server1 vehicle vehicles car cars
        police tamruat gate parking guard border checkpoint blacklist dashboard
        sawasdee sawatdee sawasdeekrub krub krab kha khrap chokdee sanuk mairoo mairu rakna rak tirak
        somchai somsak somying nong yai lek
        รหัสผ่าน รหัส ผ่าน สวัสดี สวัสดีครับ สวัสดีค่ะ ครับ ค่ะ ประเทศไทย ไทย กรุงเทพ ตำรวจ ทะเบียน ทะเบียนรถ
        รถยนต์ รถ กล้อง ผู้ดูแล ระบบ ผู้ดูแลระบบ รักนะ ที่รัก ความรัก รัก คิดถึง โชคดี สบายดี ขอบคุณ มหาวิทยาลัย
        โรงเรียน บริษัท สำนักงาน สมชาย สมศักดิ์ สมหญิง น้อง พ่อ แม่ เพื่อน
        """
}
